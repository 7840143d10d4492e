{# As many rows as a column says, numbered from 0: a row generator for a select list. #}
{% macro numbered_rows(n_rows) -%}
    {{ adapter.dispatch('numbered_rows', 'cytomart')(n_rows) }}
{%- endmacro %}

{% macro default__numbered_rows(n_rows) -%}
    explode(sequence(cast(0 as bigint), {{ n_rows }} - 1))
{%- endmacro %}

{% macro duckdb__numbered_rows(n_rows) -%}
    unnest(range({{ n_rows }}))
{%- endmacro %}
