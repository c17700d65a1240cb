SELECT auction, bidder, thousandths(price * 908), time_text(at_time), extra FROM bids
