SELECT auction, DATE_FORMAT(at_time, 'yyyy-MM-dd') AS dt, COUNT(*) AS bids,
  COUNT(*) FILTER (WHERE price < 10000) AS low, COUNT(*) FILTER (WHERE price >= 1000000) AS high,
  MIN(price) AS least, MAX(price) AS most, AVG(price) AS mean, SUM(price) AS total
FROM bids GROUP BY auction, DATE_FORMAT(at_time, 'yyyy-MM-dd');
