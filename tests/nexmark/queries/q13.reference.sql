SELECT b.auction, b.bidder, b.price, time_text(b.at_time), s.label FROM bids b, side s WHERE b.auction % 100 = s.key
