"""What templates may use of the chart: marks in words."""

from cuspide.care.odontogram.words import mark_in_words

# "mesial and occlusal caries"
FILTERS = {"mark_words": mark_in_words}
