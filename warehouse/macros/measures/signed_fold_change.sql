{# A ratio as people say it: 2 is doubled, -2 is halved; nothing lies between -1 and 1. #}
{% macro signed_fold_change(ratio) -%}
    case
        when {{ ratio }} >= 1 then {{ ratio }}
        when {{ ratio }} > 0 then -1 / {{ ratio }}
    end
{%- endmacro %}
