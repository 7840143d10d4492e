{# Condition on study_id and batch_id in a model that is kept batch by batch: true for the batches
   whose rows have to be computed. The batches are named one by one, because a list of constants
   reaches the scans below raw.spots and a join does not; where all are to be computed there is no
   condition. #}
{% macro is_outdated_batch() %}
    {%- if keeps_batches() -%}
        {%- set batches = run_query(outdated_batches_sql(batch_states())).rows -%}
        {%- if batches | length == 0 -%}
            false
        {%- else -%}
            batch_id in (
                {%- for batch in batches -%}
                    {{ quoted_text(batch[1]) }}{{ ', ' if not loop.last }}
                {%- endfor -%}
            )
            and (study_id, batch_id) in (
                {%- for batch in batches -%}
                    ({{ quoted_text(batch[0]) }}, {{ quoted_text(batch[1]) }})
                    {{- ', ' if not loop.last }}
                {%- endfor -%}
            )
        {%- endif -%}
    {%- else -%}
        true
    {%- endif -%}
{% endmacro %}

{% macro quoted_text(text) -%}
    {{ dbt.string_literal(dbt.escape_single_quotes(text)) }}
{%- endmacro %}
