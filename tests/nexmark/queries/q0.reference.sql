SELECT auction, bidder, price, time_text(at_time), extra FROM bids
