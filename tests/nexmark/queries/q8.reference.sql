SELECT DISTINCT p.id, p.name, time_text(p.at_time / 10000 * 10000) FROM persons p, auctions a
WHERE p.id = a.seller AND p.at_time / 10000 = a.at_time / 10000
