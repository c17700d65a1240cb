CREATE TABLE side (key BIGINT, label STRING) WITH ('connector' = 'filesystem', 'path' = '${SIDE}', 'format' = 'csv');
SELECT b.auction, b.bidder, b.price, b.at_time, s.label FROM (SELECT *, PROCTIME() AS p_time FROM bids) AS b
JOIN side FOR SYSTEM_TIME AS OF b.p_time AS s ON MOD(b.auction, 100) = s.key;
