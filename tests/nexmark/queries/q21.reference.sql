SELECT auction, bidder, price, channel, COALESCE(known, id) FROM (
  SELECT *, CASE lower(channel) WHEN 'apple' THEN '0' WHEN 'google' THEN '1' WHEN 'facebook' THEN '2'
            WHEN 'baidu' THEN '3' END AS known, channel_id(url) AS id FROM bids)
WHERE id IS NOT NULL OR known IS NOT NULL
