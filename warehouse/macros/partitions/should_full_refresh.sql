{# dbt asks this of every table that could be added to. A table that is kept batch by batch is made
   anew, and takes the place of the old one in one step, where not one of its batches still stands:
   on a new home, after a change of the code, on a home of a version that kept no states. #}
{% macro should_full_refresh() %}
    {%- set asked_for = config.get('full_refresh') -%}
    {%- if asked_for is none -%}
        {%- set asked_for = flags.FULL_REFRESH -%}
    {%- endif -%}
    {{ return(asked_for or not some_batch_stands()) }}
{% endmacro %}

{% macro some_batch_stands() %}
    {%- if not execute or not config.get('meta', {}).get('batch_states') -%}
        {{ return(true) }}
    {%- endif -%}
    {%- set states = batch_states() -%}
    {%- set table = load_relation(this) -%}
    {%- if states is none or table is none -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set names = get_columns_in_relation(table) | map(attribute='name') -%}
    {%- if 'batch_state' not in names -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set found = run_query(standing_batches_sql(states)) -%}
    {{ return(found.rows[0][0] > 0) }}
{% endmacro %}

{% macro standing_batches_sql(states) %}
    select count(*)
    from {{ states }} as states
    where exists (
        select 1
        from {{ this }} as kept
        where
            kept.study_id = states.study_id
            and kept.batch_id = states.batch_id
            and kept.batch_state = states.batch_state
    )
{% endmacro %}
