SELECT
  COUNT(CASE WHEN ((LOWER(CAST("we""ird" AS VARCHAR)) COLLATE C) IN (('null' COLLATE C), ('undefined' COLLATE C), ('missing' COLLATE C), ('nan' COLLATE C), ('none' COLLATE C), ('na' COLLATE C), ('n/a' COLLATE C), ('empty' COLLATE C), ('#n/d' COLLATE C), ('blank' COLLATE C), ('""' COLLATE C), ('''''' COLLATE C), ('-' COLLATE C), ('' COLLATE C))) THEN 1 END) AS value,
  COUNT("we""ird") AS of
