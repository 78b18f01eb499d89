SELECT
  MIN(`back``tick`) AS value
