"""Prints, as one JSON object, what SciPy, statsmodels and scikit-learn answer for the inputs of every topic.

    python3 record.py            prints the answers
    python3 record.py --write    also writes one <topic>.json beside this file
"""
import importlib
import json
import pathlib
import sys

TOPICS = ["distributions", "proportions", "comparisons", "ranking", "calibration", "mixtures", "prevalence", "charts", "cube"]


def plain(value):
    """Turns numpy numbers and arrays into what JSON knows."""
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    return value


def main():
    here = pathlib.Path(__file__).parent
    sys.path.insert(0, str(here))
    answers = {}
    for topic in TOPICS:
        answers[topic] = plain(importlib.import_module(topic + "_oracle").answers())
        if "--write" in sys.argv:
            text = json.dumps(answers[topic], indent=1, allow_nan=False)
            (here / (topic + ".json")).write_text(text + "\n")
    print(json.dumps(answers, allow_nan=False))


main()
