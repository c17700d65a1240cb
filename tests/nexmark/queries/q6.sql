SELECT seller, AVG(price) OVER (PARTITION BY seller ORDER BY at_time ROWS BETWEEN 10 PRECEDING AND CURRENT ROW)
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY id, seller ORDER BY price DESC, at_time) AS place FROM (
    SELECT a.id, a.seller, b.price, b.at_time FROM auctions AS a JOIN bids AS b
    ON a.id = b.auction AND b.at_time BETWEEN a.at_time AND a.expires))
WHERE place = 1;
