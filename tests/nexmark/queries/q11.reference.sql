WITH gaps AS (
  SELECT bidder, at_time, at_time - LAG(at_time) OVER (PARTITION BY bidder ORDER BY at_time) > 3000 AS breaks FROM bids),
numbered AS (
  SELECT bidder, at_time, SUM(COALESCE(breaks, 0)) OVER (PARTITION BY bidder ORDER BY at_time) AS session FROM gaps)
SELECT bidder, COUNT(*), time_text(MIN(at_time)), time_text(MAX(at_time) + 3000) FROM numbered GROUP BY bidder, session
