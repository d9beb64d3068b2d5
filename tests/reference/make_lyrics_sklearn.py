#!/usr/bin/env python3
"""TF-IDF and truncated SVD of a few verses by scikit-learn: writes lyrics_sklearn.json beside this file.

make_lyrics_sklearn.py        (needs no data: the verses stand below and were written for this)
"""
import json
from pathlib import Path

import scipy.sparse
import sklearn
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

# Lower-case words and blanks only: both sides then agree on what a word is.
TEXTS = [
    "rain on the roof rain on the road rain on the river home",
    "the river runs and the river sings and we follow the river home",
    "dance with me tonight dance till the morning light dance dance",
    "morning light on the kitchen floor and nobody at the door",
    "der fluss singt leise durch die nacht und keiner hat daran gedacht",
    "die nacht ist still der mond ist klar und alles ist wie es war",
    "la nuit descend sur la rivière et la lune est notre lumière",
    "la lune danse sur le toit et moi je danse avec toi",
    "আকাশ ভরা তারা আর নদীর জলে চাঁদ",
    "নদীর জলে চাঁদ ভাসে আর বাতাসে গান আসে",
    "a",
    "মা মা মা",
]
N_DIMENSIONS = 5  # the sixth and seventh singular value are equal: their vectors are not defined


def main():
    pieces = CountVectorizer(analyzer="char_wb", ngram_range=(2, 4)).fit_transform(TEXTS)
    words = CountVectorizer(analyzer=str.split).fit_transform(TEXTS)
    counts = scipy.sparse.hstack([pieces, words]).tocsr()
    weighted = TfidfTransformer(sublinear_tf=True).fit_transform(counts.astype(float))
    svd = TruncatedSVD(N_DIMENSIONS, algorithm="arpack", random_state=0)
    scores = svd.fit_transform(weighted)
    result = {
        "scikit_learn": sklearn.__version__,
        "texts": TEXTS,
        "n_terms": counts.shape[1],
        "cosine": (weighted @ weighted.T).toarray().round(9).tolist(),
        "singular_values": svd.singular_values_.round(9).tolist(),
        "scores": scores.round(9).tolist(),
    }
    path = Path(__file__).with_name("lyrics_sklearn.json")
    path.write_text(json.dumps(result, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
