"""What a judgement tells beside its proof: words, codes, names, notices."""
