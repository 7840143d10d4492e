{# Net signal of a spot by background method. `none` keeps the foreground, `subtract` takes the
   local background's median away (Methods 1.1). #}
{% macro net_signal(background_method, foreground, background) -%}
    case {{ background_method }}
        when 'none' then {{ foreground }}
        when 'subtract' then {{ foreground }} - {{ background }}
    end
{%- endmacro %}
