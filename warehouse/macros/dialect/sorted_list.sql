{# The numbers of an aggregated column as a list, from the smallest to the largest. #}
{% macro sorted_list(number) -%}
    {{ adapter.dispatch('sorted_list', 'cytomart')(number) }}
{%- endmacro %}

{% macro default__sorted_list(number) -%}
    array_sort(collect_list(cast({{ number }} as double)))
{%- endmacro %}

{% macro duckdb__sorted_list(number) -%}
    list_sort(list(cast({{ number }} as double)))
{%- endmacro %}
