{# The relation that says what the rows of each released batch are made from, for a model that is
   kept batch by batch (`meta: batch_states` in its YAML); none for every other model. #}
{% macro batch_states() %}
    {%- set name = config.get('meta', {}).get('batch_states') if execute -%}
    {%- if not name -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set node = graph.nodes['model.' ~ project_name ~ '.' ~ name] -%}
    {{ return(load_relation(
        api.Relation.create(
            database=node.database, schema=node.schema, identifier=node.alias
        )
    )) }}
{% endmacro %}

{# The batches whose rows in this table are not made from what they would be made from now. #}
{% macro outdated_batches_sql(states) %}
    select
        states.study_id,
        states.batch_id
    from {{ states }} as states
    where not exists (
        select 1
        from {{ this }} as kept
        where
            kept.study_id = states.study_id
            and kept.batch_id = states.batch_id
            and kept.batch_state = states.batch_state
    )
    order by states.study_id, states.batch_id
{% endmacro %}

{# True where this run leaves the rows of some batches as they are; a unit test has no such rows. #}
{% macro keeps_batches() %}
    {{ return(model.resource_type == 'model' and is_incremental()) }}
{% endmacro %}
