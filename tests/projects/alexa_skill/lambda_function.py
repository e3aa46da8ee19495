from ask_sdk_core.skill_builder import SkillBuilder

from intents import Launch

sb = SkillBuilder()
sb.add_request_handler(Launch())
lambda_handler = sb.lambda_handler()
