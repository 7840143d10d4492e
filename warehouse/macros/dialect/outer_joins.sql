{# Hooks around a model that joins what is taken out of lists: DuckDB does not know how many rows
   come out of a list, takes hundreds of thousands for a handful, and would make its hash table of
   them: a left join's right side is the small one here, as written. The setting holds for every
   model under way; it changes how a join is carried out and no value. #}
{% macro outer_joins_as_written() -%}
    {{ adapter.dispatch('outer_joins_as_written', 'cytomart')() }}
{%- endmacro %}

{% macro default__outer_joins_as_written() -%}
{%- endmacro %}

{% macro duckdb__outer_joins_as_written() -%}
    set disabled_optimizers = 'build_side_probe_side'
{%- endmacro %}

{% macro outer_joins_as_estimated() -%}
    {{ adapter.dispatch('outer_joins_as_estimated', 'cytomart')() }}
{%- endmacro %}

{% macro default__outer_joins_as_estimated() -%}
{%- endmacro %}

{% macro duckdb__outer_joins_as_estimated() -%}
    reset disabled_optimizers
{%- endmacro %}
