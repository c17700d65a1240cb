SELECT bidder, COUNT(*) AS n, SESSION_START(at_time, INTERVAL '3' SECOND) AS first_bid,
       SESSION_END(at_time, INTERVAL '3' SECOND) AS closed
FROM bids GROUP BY bidder, SESSION(at_time, INTERVAL '3' SECOND);
