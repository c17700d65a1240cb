CREATE FUNCTION letters AS 'com.github.nexmark.flink.udf.CountChar';
SELECT auction, bidder, 0.908 * price AS euros,
  CASE WHEN HOUR(at_time) BETWEEN 8 AND 18 THEN 'day' WHEN HOUR(at_time) <= 6 OR HOUR(at_time) >= 20 THEN 'night'
       ELSE 'other' END AS part, at_time, extra, letters(extra, 'c') AS c
FROM bids WHERE 0.908 * price > 1000000 AND 0.908 * price < 50000000;
