SELECT auction, bidder, price, time_text(at_time), extra, substr(time_text(at_time), 1, 10),
       substr(time_text(at_time), 12, 5) FROM bids
