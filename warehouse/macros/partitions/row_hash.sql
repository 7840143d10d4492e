{# One text for the values of some columns: equal where all are equal, null told from empty. #}
{% macro row_hash(columns) -%}
    md5(
        {%- for column in columns %}
        coalesce(
            cast(length(cast({{ column }} as string)) as string)
            || ':' || cast({{ column }} as string),
            '-'
        ){{ ' ||' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
