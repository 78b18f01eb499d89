SELECT
  COUNT(CASE WHEN (CAST(`we"ird` AS STRING) RLIKE '[0-9!"#$%&()*+,/:;<=>?@_`{|}~^-☀-➿🀀-🫿]|\\[|\\]|\\\\') THEN 1 END) AS value,
  COUNT(`we"ird`) AS of
