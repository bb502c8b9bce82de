"""What a secretary types for somebody of whom she knows little."""

PLAIN = {
    "birth_name": "Martin",
    "first_birth_given_name": "Léa",
    "birth_given_names": "",
    "sex": "F",
    "birth_date": "07/03/1984",
    "birth_place_code": "",
    "birth_place": "",
    "nir": "",
    "used_name": "",
    "used_given_name": "",
}
