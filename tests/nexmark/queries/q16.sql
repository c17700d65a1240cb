SELECT channel, DATE_FORMAT(at_time, 'yyyy-MM-dd') AS dt, MAX(DATE_FORMAT(at_time, 'HH:mm')) AS latest,
  COUNT(*) AS bids, COUNT(*) FILTER (WHERE price >= 1000000) AS high,
  COUNT(DISTINCT bidder) AS bidders, COUNT(DISTINCT bidder) FILTER (WHERE price < 10000) AS low_bidders,
  COUNT(DISTINCT auction) FILTER (WHERE price >= 10000 AND price < 1000000) AS middle_auctions
FROM bids GROUP BY channel, DATE_FORMAT(at_time, 'yyyy-MM-dd');
