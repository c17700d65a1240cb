SELECT b.auction, b.price, b.bidder, b.at_time, b.extra FROM bids AS b JOIN (
  SELECT MAX(price) AS top, window_end AS closed
  FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(at_time), INTERVAL '10' SECOND)) GROUP BY window_start, window_end) AS m
ON b.price = m.top WHERE b.at_time BETWEEN m.closed - INTERVAL '10' SECOND AND m.closed;
