{# The distinct texts of a group in alphabetical order, joined by a separator. #}
{% macro joined_text(text_column, separator='|') -%}
    {{ adapter.dispatch('joined_text', 'cytomart')(text_column, separator) }}
{%- endmacro %}

{% macro default__joined_text(text_column, separator) -%}
    array_join(array_sort(collect_set({{ text_column }})), '{{ separator }}')
{%- endmacro %}

{% macro duckdb__joined_text(text_column, separator) -%}
    coalesce(
        string_agg(distinct {{ text_column }}, '{{ separator }}' order by {{ text_column }}),
        ''
    )
{%- endmacro %}
