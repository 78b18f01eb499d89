SELECT
  COUNT(CASE WHEN REGEXP_CONTAINS(CAST(`we"ird` AS STRING), '[0-9!"#$%&()*+,/:;<=>?@_`{|}~^-☀-➿🀀-🫿]|\\[|\\]|\\\\') THEN 1 END) AS value,
  COUNT(`we"ird`) AS of
