SELECT substr(time_text(at_time), 1, 10), COUNT(*), SUM(price < 10000), SUM(price >= 10000 AND price < 1000000),
  COUNT(DISTINCT bidder), COUNT(DISTINCT CASE WHEN price < 10000 THEN bidder END), COUNT(DISTINCT auction),
  COUNT(DISTINCT CASE WHEN price >= 1000000 THEN auction END) FROM bids GROUP BY 1
