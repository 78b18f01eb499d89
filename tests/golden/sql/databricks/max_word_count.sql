SELECT
  MAX(CASE WHEN CHAR_LENGTH(TRIM(BOTH ' \t\r\n' FROM REPLACE(REPLACE(REPLACE(CAST(`we"ird` AS STRING), '	', ' '), '
', ' '), '', ' '))) = 0 THEN 0 WHEN CAST(`we"ird` AS STRING) IS NOT NULL THEN CHAR_LENGTH(REPLACE(REPLACE(REPLACE(TRIM(BOTH ' \t\r\n' FROM REPLACE(REPLACE(REPLACE(CAST(`we"ird` AS STRING), '	', ' '), '
', ' '), '', ' ')), ' ', ''), '', ''), '', ' ')) - CHAR_LENGTH(REPLACE(REPLACE(REPLACE(REPLACE(TRIM(BOTH ' \t\r\n' FROM REPLACE(REPLACE(REPLACE(CAST(`we"ird` AS STRING), '	', ' '), '
', ' '), '', ' ')), ' ', ''), '', ''), '', ' '), ' ', '')) + 1 END) AS value
