-- What the rules know beyond a won and a lost match.

-- By agreeing reports, or by staff.
alter table ratings add column draws integer not null default 0;
