{# Hook before a model that is kept batch by batch: takes the rows of batches away that are held,
   gone or made from something else than now. What it takes away, and no more, is computed again in
   the same transaction. #}
{% macro remove_outdated_batches() %}
    {%- if keeps_batches() -%}
        delete from {{ this }} as kept
        where not exists (
            select 1
            from {{ batch_states() }} as states
            where
                kept.study_id = states.study_id
                and kept.batch_id = states.batch_id
                and kept.batch_state = states.batch_state
        )
    {%- endif -%}
{% endmacro %}
