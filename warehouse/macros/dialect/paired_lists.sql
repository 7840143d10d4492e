{# One row per place of two lists of equal length: select items for a select list. #}
{% macro paired_lists(first_list, first_name, second_list, second_name) -%}
    {{ adapter.dispatch('paired_lists', 'cytomart')(
        first_list, first_name, second_list, second_name
    ) }}
{%- endmacro %}

{% macro default__paired_lists(first_list, first_name, second_list, second_name) -%}
    inline(arrays_zip({{ first_list }}, {{ second_list }}))
        as ({{ first_name }}, {{ second_name }})
{%- endmacro %}

{% macro duckdb__paired_lists(first_list, first_name, second_list, second_name) -%}
    unnest({{ first_list }}) as {{ first_name }},
        unnest({{ second_list }}) as {{ second_name }}
{%- endmacro %}
