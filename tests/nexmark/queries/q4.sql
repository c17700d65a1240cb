WITH closing AS (
  SELECT a.category, MAX(b.price) AS final_price FROM auctions AS a JOIN bids AS b
  ON b.auction = a.id AND b.at_time >= a.at_time AND b.at_time <= a.expires
  GROUP BY a.id, a.category)
SELECT category, AVG(final_price) AS mean_price FROM closing GROUP BY category;
