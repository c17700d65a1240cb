SELECT DATE_FORMAT(at_time, 'yyyy-MM-dd') AS dt, COUNT(*) AS bids,
  COUNT(*) FILTER (WHERE price < 10000) AS low, COUNT(*) FILTER (WHERE price >= 10000 AND price < 1000000) AS middle,
  COUNT(DISTINCT bidder) AS bidders, COUNT(DISTINCT bidder) FILTER (WHERE price < 10000) AS low_bidders,
  COUNT(DISTINCT auction) AS auctions, COUNT(DISTINCT auction) FILTER (WHERE price >= 1000000) AS high_auctions
FROM bids GROUP BY DATE_FORMAT(at_time, 'yyyy-MM-dd');
