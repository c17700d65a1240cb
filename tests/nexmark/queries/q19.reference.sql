SELECT auction, bidder, price, time_text(at_time), place FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC, at_time, bidder) AS place FROM bids) WHERE place <= 10
