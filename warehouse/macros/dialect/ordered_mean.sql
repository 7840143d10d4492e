{# Mean of an aggregated column, added up from the smallest number to the largest: a plain
   mean of doubles depends in its last digits on the order of the rows and on threads. DuckDB
   adds with Kahan's compensation, so that a small difference of two means keeps its digits, and
   takes a sorted list: an ordered aggregate costs five times as much on groups of two. #}
{% macro ordered_mean(number, is_kept='true') -%}
    {{ adapter.dispatch('ordered_mean', 'cytomart')(number, is_kept) }}
{%- endmacro %}

{% macro default__ordered_mean(number, is_kept) -%}
    aggregate(
        array_sort(collect_list(cast({{ number }} as double)) filter (where {{ is_kept }})),
        cast(0 as double),
        (total, one) -> total + one
    ) / nullif(count({{ number }}) filter (where {{ is_kept }}), 0)
{%- endmacro %}

{% macro duckdb__ordered_mean(number, is_kept) -%}
    list_aggregate(
        list_sort(list(cast({{ number }} as double)) filter (where {{ is_kept }})), 'favg'
    )
{%- endmacro %}
