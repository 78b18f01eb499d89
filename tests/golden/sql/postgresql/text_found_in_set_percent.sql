SELECT
  COUNT(CASE WHEN ((CAST(CAST("we""ird" AS TEXT) AS TEXT) COLLATE "C") IN ((CAST('it''s' AS TEXT) COLLATE "C"), (CAST('back\slash' AS TEXT) COLLATE "C"), (CAST('😀' AS TEXT) COLLATE "C"))) THEN 1 END) AS value,
  COUNT("we""ird") AS of
