-- A level that is null says why; a level that stands needs no excuse.
select *
from {{ ref('fct_measurements') }}
where (level_log2 is null) = (level_reason = '')
