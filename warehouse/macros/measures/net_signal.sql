{# Net signal of a spot by background method (Methods 1.1). `none` keeps the foreground, `subtract`
   takes the local background's median away, `half` sets what is then below 0.5 to 0.5, `minimum`
   what is not positive to half of the array's smallest positive net signal: null where the array
   has none. `normexp` takes what the convolution gave: null where its fit is not sound. #}
{% macro net_signal(
    background_method, foreground, background, smallest_positive='null', convolved='null'
) -%}
    case
        when {{ background_method }} = 'none' then {{ foreground }}
        when
            {{ background_method }} = 'half'
            and {{ foreground }} - {{ background }} < 0.5e0
            then 0.5e0
        when
            {{ background_method }} = 'minimum'
            and {{ foreground }} - {{ background }} <= 0
            then {{ smallest_positive }} / 2e0
        when {{ background_method }} = 'normexp' then {{ convolved }}
        when {{ background_method }} in ('subtract', 'half', 'minimum')
            then {{ foreground }} - {{ background }}
    end
{%- endmacro %}
