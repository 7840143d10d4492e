{# An array is what carries one sample: a Block (`SLIDE/B3`), or the whole slide. #}
{% macro array_id(array_unit, slide_id, block) -%}
    case
        when {{ array_unit }} = 'slide' or {{ block }} is null then {{ slide_id }}
        else {{ slide_id }} || '/B' || cast({{ block }} as string)
    end
{%- endmacro %}
