SELECT auction, substr(time_text(at_time), 1, 10), COUNT(*), SUM(price < 10000), SUM(price >= 1000000), MIN(price),
  MAX(price), SUM(price) / COUNT(*), SUM(price) FROM bids GROUP BY 1, 2
