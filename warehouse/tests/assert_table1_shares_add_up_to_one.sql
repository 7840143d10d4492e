-- Each characteristic is shared out completely over its levels.
select
    study_id,
    characteristic,
    sum(n) as n_counted,
    max(denominator) as denominator
from {{ ref('rpt_table1') }}
group by study_id, characteristic
having sum(n) <> max(denominator)
