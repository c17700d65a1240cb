WITH winners AS (
  SELECT * FROM (
    SELECT a.id, a.seller, b.price, b.at_time, ROW_NUMBER() OVER (PARTITION BY a.id, a.seller ORDER BY b.price DESC, b.at_time) AS place
    FROM auctions a, bids b WHERE a.id = b.auction AND b.at_time BETWEEN a.at_time AND a.expires) WHERE place = 1)
SELECT seller, SUM(price) OVER w / COUNT(*) OVER w FROM winners
WINDOW w AS (PARTITION BY seller ORDER BY at_time ROWS BETWEEN 10 PRECEDING AND CURRENT ROW)
