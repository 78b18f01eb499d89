SELECT
  MAX(`back``tick`) AS value
