-- grain: study_id, analyte_id, gene_symbol
with

genes as (select * from {{ ref('stg_raw__panel_target_genes') }}),

renamed as (
    select
        study_id,
        target_id as analyte_id,
        gene_symbol,
        uniprot_id
    from genes
)

select * from renamed
