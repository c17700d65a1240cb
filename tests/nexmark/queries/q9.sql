SELECT id, itemName, description, initialBid, reserve, at_time, expires, seller, category, extra,
       auction, bidder, price, bid_time, bid_extra
FROM (
  SELECT a.*, b.auction, b.bidder, b.price, b.at_time AS bid_time, b.extra AS bid_extra,
         ROW_NUMBER() OVER (PARTITION BY a.id ORDER BY b.price DESC, b.at_time ASC) AS place
  FROM auctions AS a JOIN bids AS b ON a.id = b.auction AND b.at_time BETWEEN a.at_time AND a.expires)
WHERE place <= 1;
