-- Two planned analyses of one contrast would make "the" verdict on a target ambiguous.
select
    study_id,
    contrast_id,
    mode
from {{ ref('stg_raw__plan') }}
where kind = 'contrast'
group by study_id, contrast_id, mode
having count(*) > 1
