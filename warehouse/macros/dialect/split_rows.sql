{# One row per part of a separated text: a row generator for a select list. #}
{% macro split_rows(text_column, separator) -%}
    {{ adapter.dispatch('split_rows', 'cytomart')(text_column, separator) }}
{%- endmacro %}

{% macro default__split_rows(text_column, separator) -%}
    explode(split({{ text_column }}, '[{{ separator }}]'))
{%- endmacro %}

{% macro duckdb__split_rows(text_column, separator) -%}
    unnest(string_split({{ text_column }}, '{{ separator }}'))
{%- endmacro %}
