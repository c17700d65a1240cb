SELECT category, SUM(top) / COUNT(*) FROM (
  SELECT a.id, a.category, MAX(b.price) AS top FROM auctions a, bids b
  WHERE b.auction = a.id AND b.at_time BETWEEN a.at_time AND a.expires GROUP BY a.id, a.category)
GROUP BY category
